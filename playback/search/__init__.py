"""How is music found by words? `finding` asks, `index` keeps what is asked; two databases, one behaviour."""
