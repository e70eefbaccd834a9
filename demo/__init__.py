"""The whole product on stand-ins: both jobs, a business day, both jobs again, and what came of it."""
