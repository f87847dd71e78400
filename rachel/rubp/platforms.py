"""The machines that play, by their platform id (docs/PROTOCOL.md, Platform ids)."""

from enum import IntEnum


class Platform(IntEnum):
    """The platform ids in use; HELLO and PLAYER_LIST may carry others."""

    APPLE_II = 0x0001
    C64 = 0x0002
    ZX_SPECTRUM = 0x0003
    DOS = 0x0004
    AMIGA = 0x0005
    ATARI_ST = 0x0006
    BBC_MICRO = 0x0007
    MSX = 0x0008
    AMSTRAD_CPC = 0x0009
    TRS_80 = 0x000A
    ATARI_800 = 0x000B
    VIC_20 = 0x000C
    NES = 0x0010
    GAME_BOY = 0x0011
    MASTER_SYSTEM = 0x0013
    WEB = 0x0030
    IOS = 0x0031
    ANDROID = 0x0032
    WINDOWS = 0x0033
    MACOS = 0x0034
    LINUX = 0x0035
    TERMINAL = 0x0060
    SSH = 0x0061
    BBS = 0x0062
    C128 = 0x0098
    ORIC = 0x009F
    DRAGON_32 = 0x00A0
    ACORN_ELECTRON = 0x00A6
    UNKNOWN = 0xFFFF


_NAMES: dict[int, str] = {
    Platform.APPLE_II: "Apple II",
    Platform.C64: "Commodore 64",
    Platform.ZX_SPECTRUM: "ZX Spectrum",
    Platform.DOS: "DOS",
    Platform.AMIGA: "Amiga",
    Platform.ATARI_ST: "Atari ST",
    Platform.BBC_MICRO: "BBC Micro",
    Platform.MSX: "MSX",
    Platform.AMSTRAD_CPC: "Amstrad CPC",
    Platform.TRS_80: "TRS-80",
    Platform.ATARI_800: "Atari 800",
    Platform.VIC_20: "VIC-20",
    Platform.NES: "NES",
    Platform.GAME_BOY: "Game Boy",
    Platform.MASTER_SYSTEM: "Master System",
    Platform.WEB: "web browser",
    Platform.IOS: "iOS",
    Platform.ANDROID: "Android",
    Platform.WINDOWS: "Windows",
    Platform.MACOS: "macOS",
    Platform.LINUX: "Linux",
    Platform.TERMINAL: "terminal",
    Platform.SSH: "SSH",
    Platform.BBS: "BBS",
    Platform.C128: "Commodore 128",
    Platform.ORIC: "Oric",
    Platform.DRAGON_32: "Dragon 32",
    Platform.ACORN_ELECTRON: "Acorn Electron",
}


def platform_name(platform: int) -> str:
    """Return what people call the machine; ``unknown`` for FFFF and ids that are not in use."""
    return _NAMES.get(platform, "unknown")
