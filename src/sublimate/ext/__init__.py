"""Extensions: what goes beyond Core and ORM, one module each."""
