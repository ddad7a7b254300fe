"""What will live here? Training, evaluating, approving, publishing and rolling back rating models.

Empty until training arrives.
"""
