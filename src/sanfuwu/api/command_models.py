"""Request bodies of the acts, made from the command dataclasses of `problems.commands`: one definition for pages, API
and scripts. What a dataclass has a default for may be left out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, Field, create_model

from .shapes import Day, Given, Moment, Text

MOST_VALUES = 50
_LEAVES: dict[Any, Any] = {
    str: Text,
    bool: bool,
    int: int,
    UUID: UUID,
    dt.date: Day,
    dt.datetime: Moment,
    type(None): type(None),
}


def model_of(command: Any) -> type[BaseModel]:
    """The pydantic model of a command dataclass. Raises TypeError for a field type the API does not know."""
    hints = get_type_hints(command)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(command):
        default = ... if field.default is dataclasses.MISSING else field.default
        fields[field.name] = (_typed(hints[field.name]), default)
    model: type[BaseModel] = create_model(command.__name__, __base__=Given, __doc__=_doc(command), **fields)
    return model


def command_of(command: type, given: BaseModel | None) -> Any:
    """The command that a body stands for; without a body the command with all its defaults."""
    if given is None:
        return command()
    return command(**{name: _plain(command, name, value) for name, value in given})


def all_optional(command: type) -> bool:
    """Whether the act can be sent without any body."""
    return all(field.default is not dataclasses.MISSING for field in dataclasses.fields(command))


def _plain(command: type, name: str, value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        inner = get_args(get_type_hints(command)[name])[0]
        return tuple(command_of(inner, item) for item in value)
    return value


def _typed(hint: Any) -> Any:
    if hint in _LEAVES:
        return _LEAVES[hint]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return model_of(hint)
    args = get_args(hint)
    if get_origin(hint) is tuple and len(args) == 2 and args[1] is ...:
        item: Any = _typed(args[0])
        several: Any = tuple[item, ...]
        return Annotated[several, Field(max_length=MOST_VALUES)]
    if get_origin(hint) in (Union, types.UnionType):
        return Union[tuple(_typed(arg) for arg in args)]  # noqa: UP007 - built at run time
    raise TypeError(f"the API cannot read a {hint!r}")


def _doc(command: type) -> str:
    # A dataclass without a docstring gets its signature as one: no use to a reader.
    said = command.__doc__ or ""
    return "" if said.startswith(f"{command.__name__}(") else said
