"""The rules of Rachel: cards, deal, legal actions, what an action does, what a seat may see."""
