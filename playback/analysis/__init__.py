"""What does a song sound like, in numbers? Window, features, ratings and likeness; rows hold what was found."""
