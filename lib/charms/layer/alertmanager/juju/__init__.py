"""What talks to pods and to other programs, and reads what related applications say."""
