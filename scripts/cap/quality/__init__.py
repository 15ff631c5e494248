"""What the warehouse infers, against what is true in a generated world: `cap quality`.

Each module but `command` and `figures` is an area, found by its name: it has
`evaluate(connection, truth) -> list[Figure]`.
"""
