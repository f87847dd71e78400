"""A session and its story, fed by a script without any connection."""

from dataclasses import dataclass, field

from table_host import TableScript

from rachel.client.session import ClientSession
from rachel.rubp import FrameStream
from rachel.rules.actions import Action, Play
from rachel_tui.words.story import Story, plain_text

TOKEN = bytes(range(1, 9))


@dataclass
class StoryReader:
    """The player of seat 0 at a script's table."""

    script: TableScript
    session: ClientSession = field(init=False)
    story: Story = field(default_factory=Story)

    def __post_init__(self) -> None:
        self.session = ClientSession("Ann", token=TOKEN)

    def sit_down(self) -> list[str]:
        """Join and return what is told."""
        return self.say(self.session.hello())

    def say(self, data: bytes) -> list[str]:
        """Let the script hear frames of ours and return what is told."""
        for frame in FrameStream().feed(data):
            self.script.hear(frame)
        return self.told()

    def move(self, action: Action) -> list[str]:
        """Let the seat to act move and return what is told; ours acts through the session."""
        if self.session.prompt:
            if isinstance(action, Play):
                return self.say(self.session.play(action.cards, action.suit))
            return self.say(self.session.draw())
        return self.host_moves(action)

    def host_moves(self, action: Action) -> list[str]:
        """Let the host move for the seat to act and return what is told."""
        self.script.move(action)
        return self.told()

    def told(self) -> list[str]:
        """Take in what the script said and return what is told."""
        updates = self.session.receive(self.script.take())
        return [plain_text(sentence) for sentence in self.story.tell(updates, self.session)]


def seated(script: TableScript) -> StoryReader:
    """Return a reader that has joined and seen the cards dealt."""
    reader = StoryReader(script)
    reader.sit_down()
    return reader
