"""All that speaks to Anaplan: HTTP, login, rate limit, model objects, uploads, tasks and their results."""
