// The buttons beside the link and the command of an invitation: copy, or share where a phone can.
// Without the browser's leave, which plain HTTP does not have, they stay hidden.

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = () => document.getElementById(button.dataset.copy).textContent;
  const isLink = text().startsWith("http"), shares = isLink && navigator.share !== undefined;
  if (!shares && navigator.clipboard === undefined) continue;
  button.hidden = false;
  if (shares) button.textContent = "Share";
  button.addEventListener("click", async () => {
    try {
      if (shares) await navigator.share({ title: "Rachel", url: text() });
      else {
        await navigator.clipboard.writeText(text());
        button.textContent = "Copied";
      }
    } catch {
      // Not shared after all: that is the player's choice.
    }
  });
}
