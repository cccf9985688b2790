"""The only code that talks to related applications, pods and other programs."""
