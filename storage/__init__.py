"""What outlives a session: tables, migrations, repositories."""
