"""What does libsidplayfp make of a tune? A small program of ours asks it (oracle.cpp), `play.py` asks the program."""
