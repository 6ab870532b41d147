"""What was rehearsed: sessions, performances, figures."""
