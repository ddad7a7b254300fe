"""What does a site play before anybody has brought music? Tunes of our own, composed here and dedicated to the public (CC0)."""
