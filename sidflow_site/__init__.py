"""How are the apps wired to one site? Settings, addresses, security headers, admin, health."""
