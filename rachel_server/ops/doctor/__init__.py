"""What is good and bad about a deployment: the checklist of `rachel doctor`."""
