"""The page in which people rehearse, and the JavaScript client that it stands on."""
