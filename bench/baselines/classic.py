"""The classic design of a gate's service, as the benchmark's second baseline: one worker, and for each scan a SELECT that validates
the ticket, a counter in Redis, and an INSERT that is committed before the answer. It leaves out what would cost it time: it looks for
no duplicates and no repeats, and knows one token.

CLASSIC_DB and CLASSIC_REDIS say where its servers are, CLASSIC_TICKETS and CLASSIC_CAPACITY how big the venue is, CLASSIC_TOKENS which tokens it knows.
"""
import os
from datetime import datetime
from typing import Optional

import asyncpg
import redis.asyncio
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel

SCHEMA = """
CREATE TABLE tickets (ticket_id text PRIMARY KEY, ticket_type text NOT NULL);
CREATE TABLE scans (id bigserial PRIMARY KEY, ticket_id text NOT NULL REFERENCES tickets, gate text NOT NULL, scan_type text NOT NULL,
  scan_time timestamptz NOT NULL, device_id text, received_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX scans_of_ticket ON scans (ticket_id, scan_time);
CREATE INDEX scans_by_time ON scans (scan_time);
"""

app = FastAPI()
capacity = int(os.environ["CLASSIC_CAPACITY"])
tokens = {f"Bearer {token}": device for token, device in (pair.split("=") for pair in os.environ["CLASSIC_TOKENS"].split(","))}


class Scan(BaseModel):
    ticket_id: str
    gate: str
    scan_type: str
    timestamp: datetime
    scan_id: Optional[str]


@app.on_event("startup")
async def start() -> None:
    app.state.database = await asyncpg.create_pool(os.environ["CLASSIC_DB"], min_size=10, max_size=10)
    app.state.redis = redis.asyncio.from_url(os.environ["CLASSIC_REDIS"])
    await app.state.redis.set("occupancy", 0)
    async with app.state.database.acquire() as connection:
        await connection.execute(SCHEMA)
        tickets = ((f"T{number:06}", "VIP" if number % 50 == 0 else "GENERAL") for number in range(int(os.environ["CLASSIC_TICKETS"])))
        await connection.copy_records_to_table("tickets", records=tickets, columns=("ticket_id", "ticket_type"))
        await connection.execute("ANALYZE tickets")


@app.get("/health/ready")
async def ready() -> str:
    return "ready"


@app.post("/api/scans")
async def scan(body: Scan, authorization: Optional[str] = Header(None)):
    device = tokens.get(authorization)
    if device is None:
        return JSONResponse({"error": "Who are you?"}, 401)
    async with app.state.database.acquire() as connection:
        ticket = await connection.fetchrow("SELECT ticket_type FROM tickets WHERE ticket_id = $1", body.ticket_id)
        if ticket is None:
            return refusal("Unknown ticket")
        if body.scan_type == "entry":
            occupancy = await app.state.redis.incr("occupancy")
            if occupancy > capacity and ticket["ticket_type"] != "VIP":
                await app.state.redis.decr("occupancy")
                return refusal("Venue at capacity")
        else:
            occupancy = await app.state.redis.decr("occupancy")
        await connection.execute(
            "INSERT INTO scans (ticket_id, gate, scan_type, scan_time, device_id) VALUES ($1, $2, $3, $4, $5)",
            body.ticket_id, body.gate, body.scan_type, body.timestamp, device)
    return {"status": "accepted", "message": "Welcome!", "ticket_id": body.ticket_id, "ticket_type": ticket["ticket_type"],
            "current_occupancy": occupancy, "capacity": capacity}


def refusal(message: str) -> JSONResponse:
    return JSONResponse({"status": "rejected", "error": message}, 403)
