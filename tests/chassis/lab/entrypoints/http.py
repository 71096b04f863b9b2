"""The lab's door. Each POST notes a name, and tells how often it has been noted.

A name `refused`, `fails` or `dies` ends like that after its effect, `stale` before it.
"""

import os
import signal
import time
from typing import Any

from flask import Flask, Response, current_app
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict

from chassis.http.access import allowed
from chassis.http.app import Query, TenantPath, blueprint
from chassis.http.bodies import UploadedFile
from chassis.http.service import create_service
from chassis.problems import Conflict
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tokens import Role
from contracts.text import Line
from tests.chassis.lab.entrypoints.worker import Heard, note
from tests.chassis.lab.settings import Settings


class Name(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line


class Sheet(BaseModel):
    name: Line
    file: UploadedFile


class Colour(Query):
    colour: str = "blue"


def heard() -> APIBlueprint:
    routes = blueprint("heard", __name__)

    @routes.post("", responses={201: Name})
    @allowed(Role.OFFICER)
    def hear(path: TenantPath, query: Colour, body: Name) -> Response:
        if body.name == "stale":
            raise Conflict("Chưa được.", "Not yet.")
        return answered(body.name)

    @routes.post("/sheets")
    @allowed(Role.OFFICER)
    def read(path: TenantPath, form: Sheet) -> Response:
        return answered(f"{form.name}: {len(form.file.read())}")

    @routes.post("/twice")
    @allowed(Role.OFFICER)
    def hear_twice(path: TenantPath, body: Name) -> Response:
        run(note, f"{body.name}, before")
        return answered(body.name)

    @routes.post("/slow")
    @allowed(Role.OFFICER)
    def hear_slowly(path: TenantPath, body: Name) -> Response:
        time.sleep(0.5)
        return answered(body.name)

    @routes.post("/nothing")
    @allowed(Role.OFFICER)
    def change_nothing(path: TenantPath, body: Name) -> dict[str, Any]:
        return {"times": len(run(UnitOfWork.all, Heard))}

    @routes.put("")
    @allowed(Role.OFFICER)
    def hear_again(path: TenantPath, body: Name) -> Response:
        return answered(body.name)

    return routes


def answered(name: str) -> Response:
    run(note, name)
    match name:
        case "refused":
            raise Conflict("Không được nữa.", "No longer.")
        case "fails":
            raise RuntimeError("after its effect")
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
    (one,) = run(UnitOfWork.all, Heard, name=name)
    body = current_app.json.dumps({"name": name, "times": one.times})
    headers = {"Location": f"/t/{one.tenant}/v1/heard/{one.id}", "ETag": f'"{one.version}"'}
    return current_app.response_class(body, 201, headers, content_type="application/json")


def create_app() -> Flask:
    return create_service("lab", Settings, [heard()])
