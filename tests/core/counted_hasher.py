"""How often was a password really looked at?"""

from django.contrib.auth.hashers import MD5PasswordHasher


class CountedHasher(MD5PasswordHasher):
    """Quick, and counts."""

    algorithm = "counted"
    runs = 0

    def encode(self, password: str, salt: str) -> str:
        """Counts, too."""
        CountedHasher.runs += 1
        return super().encode(password, salt)
