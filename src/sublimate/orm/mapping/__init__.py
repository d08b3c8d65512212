"""How classes map to tables: registries, mappers, properties, relationships, aliases."""
