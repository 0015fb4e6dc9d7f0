"""The binary under test, its scripted upstream, and what tests ask of them. Standard library only."""
