"""What does everybody stand on? Errors, problem responses, configuration, and the User, ApiToken and AuditEntry rows."""
