"""The pure core: values, machines and errors. No asyncio, clock, logging, asyncpg or fastapi."""
