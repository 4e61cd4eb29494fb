"""Mistakes in settings, said in sentences instead of a validator's report."""

import difflib
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError


def sentences_of(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one sentence a mistake: which key, what was found, what is allowed.

    Args:
        error: What pydantic found.
        model: The settings that were validated, for the names of known keys.
    """
    return [_sentence(dict(detail), model) for detail in error.errors(include_url=False)]


def _sentence(detail: dict[str, Any], model: type[BaseModel]) -> str:
    # Within a tagged union pydantic names the tag in the path, which is no key of the file.
    place, owner = _place(detail["loc"], model)
    key, found = ".".join(place), detail.get("input")
    match detail["type"]:
        case "extra_forbidden":
            known = list(owner.model_fields)
            close = difflib.get_close_matches(place[-1], known, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            sentence = f"unknown key {key}{hint}; known here are {', '.join(known)}"
        case "missing":
            sentence = f"{key} is missing"
        case "union_tag_not_found":
            sentence = f"{key}.kind is missing; it must be one of {_tags(owner, place[-1])}"
        case "union_tag_invalid":
            tag = detail["ctx"]["tag"]
            sentence = f"{key}.kind must be one of {_tags(owner, place[-1])}, found {tag!r}"
        case "value_error":
            sentence = _of_our_own(key, str(detail["ctx"]["error"]), found)
        case _:
            message = str(detail["msg"]).replace("Input should be", "must be")
            sentence = f"{key} {message[0].lower()}{message[1:]}, found {found!r}"
    return sentence


def _of_our_own(key: str, message: str, found: object) -> str:
    # Validators of a whole group say all themselves; those of a key leave the value to be named.
    if not key:
        return message
    return f"{key}: {message}" if repr(found) in message else f"{key} {message}, found {found!r}"


def _place(loc: tuple[str | int, ...], model: type[BaseModel]) -> tuple[list[str], type[BaseModel]]:
    place: list[str] = []
    owner = model
    models: list[type[BaseModel]] = []
    for part in loc:
        tagged = next((one for one in models if _tag_of(one) == part), None)
        if tagged is not None and place:
            owner, models = tagged, []
            continue
        place.append(str(part))
        if len(models) == 1:
            owner = models[0]
        field = owner.model_fields.get(str(part))
        models = list(_models_in(field.annotation)) if field is not None else []
    return place, owner


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is Union or get_args(annotation):
        for part in get_args(annotation):
            yield from _models_in(part)


def _tag_of(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("kind")
    return None if field is None else str(field.default)


def _tags(owner: type[BaseModel], key: str) -> str:
    annotation = owner.model_fields[key].annotation
    return ", ".join(str(_tag_of(model)) for model in _models_in(annotation))
