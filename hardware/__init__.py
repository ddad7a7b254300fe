"""What reaches engines, encoders and machines outside of Python? It knows no jobs and no playback."""
