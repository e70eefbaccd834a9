"""All that speaks to Anaplan: HTTP, login, request budget, model objects, uploads, tasks, results."""
