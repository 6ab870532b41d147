"""Whatever breaks, and however often: what a client applies is what an unbroken run would say.

The parts are the real ones (uplink, chunk sequence, analysis, session, ledger, journal records,
restoring); the network, the disk and the process are the test's, so that all of it is one thread
and any order of faults can be drawn.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from dsp.bank import StreamBank
from rehearsal_server.client.uplink import Said, Uplink
from rehearsal_server.live.analysis import MicrophoneIntake, to_hops
from rehearsal_server.live.checkpoint import ChunkEnd, make_checkpoint
from rehearsal_server.live.history import (
    Beginning,
    History,
    Secrets,
    beginning_record,
    read_history,
    secrets_record,
)
from rehearsal_server.live.inputs import Step
from rehearsal_server.live.ledger import Ledger
from rehearsal_server.live.microphone import ChunkSequence
from rehearsal_server.live.restoring import Restored, check_audio, needed_from_ms, restore
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.audio import (
    AudioFlags,
    AudioHeader,
    AudioKind,
    pack_audio,
    unpack_audio,
)
from rehearsal_server.protocol.client_messages import (
    Back,
    ClientMessage,
    Continue,
    LinePlease,
    Pause,
    Skip,
    Start,
)
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import Event
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.requests import Speak
from rehearsal_server.session.session import Session, SessionPlan
from storage.journal import Record
from tests.dsp.test_bank import talk_like

SCRIPT = parse_script(
    "Anna: One.\nBen: Two and three.\nAnna: Four.\nBen: Five and six.\nAnna: Seven.\nBen: Eight.\n"
)
AUDIO = AudioFormat(sample_rate=16_000)
PLAN = SessionPlan(scene=SCRIPT.scenes[0], role="Ben", options=Options(headphones=True))
BEGINNING = Beginning(
    session_id="5" * 32,
    user_id="7" * 32,
    start=Start(mode="scene", role="Ben", script="…", audio=AUDIO),
    plan=PLAN,
    characters=("Anna", "Ben"),
)
SPEECH = np.round(talk_like(2, 60.0) * 30_000).clip(-32_768, 32_767).astype("<i2").tobytes()
CHUNK_FRAMES = 1_700  # neither whole hops nor whole milliseconds
HOPS_PER_CHECKPOINT = 20
MESSAGES: tuple[ClientMessage, ...] = (Skip(), LinePlease(), Back(), Pause(), Continue())


class Disk:
    """A session's log: what is written is durable once it is synced, and lost before."""

    def __init__(self, durable: list[Record]) -> None:
        self.records = durable
        self.durable = 0
        self.watcher: object = None
        self._pending: list[Record] = []

    def append(self, *records: Record) -> int:
        self._pending += records
        return self.durable + 1

    def commit(self) -> None:
        pass

    def sync(self) -> None:
        self.records += self._pending
        self._pending = []
        self.durable += 1

    def close(self) -> None:
        pass


class Server:
    """A session in a process that can be killed, without sockets and clocks."""

    def __init__(self, disk: Disk, history: History | None = None) -> None:
        self.disk = disk
        restored = restore(history) if history else Restored(Session(PLAN), False, 0, (), None)
        if history:
            check_audio(history, restored)
        checkpoint = restored.checkpoint
        self.session = restored.session
        self.messages = restored.messages
        events = history.events if history else ()
        self.ledger = Ledger(disk, events, restored.messages)  # type: ignore[arg-type]
        self.chunks = ChunkSequence(AUDIO, checkpoint.end if checkpoint else ChunkEnd(0, 0))
        self._intake, self._bank = MicrophoneIntake(AUDIO), StreamBank(1)
        self._slot = self._bank.acquire()
        self._hops = 0
        if checkpoint is not None:
            self._intake.restore(checkpoint.intake_state)
            self._bank.restore(self._slot, checkpoint.bank_state)
        if not restored.is_begun:
            self.step(self.session.begin)

    @property
    def durable_seq(self) -> int | None:
        return self.ledger.durable_seq(needed_from_ms(self.session, ()))

    def receive(self, said: Said) -> None:
        if not said.is_chunk:
            self.messages += 1
            self.step(self.session.receive, JSON.decode_client(said.data))
            self.ledger.note_message()
            return
        payload = self.chunks.accept(*unpack_audio(said.data))
        if payload is None:
            return
        for samples in self._intake.push(payload):
            (hop,) = to_hops(self._bank.step(np.array([self._slot]), samples[None]))
            self._hops += 1
            if hop.end_ms > self.session.now_ms:
                self.step(self.session.hear, hop)
        if self._hops >= HOPS_PER_CHECKPOINT:
            self._hops = 0
            self._note_checkpoint(hop.end_ms)

    def step(self, step: Step, *arguments: object) -> None:
        outputs = step(*arguments) or []
        events = [o for o in outputs if isinstance(o, Event) and o.event]
        self.ledger.note(step, arguments, events)
        for output in outputs:
            if isinstance(output, Speak):
                self.step(self.session.voice_failed, output.utterance)

    def _note_checkpoint(self, heard_ms: int) -> None:
        intake = self._intake.state()
        assert intake is not None
        bank = self._bank.state_of(self._slot)
        self.ledger.note_checkpoint(make_checkpoint(self.chunks.end, heard_ms, intake, bank))


class Resuming(RuleBasedStateMachine):
    """A client, a server, and everything between them that can break."""

    def __init__(self) -> None:
        super().__init__()
        _, secrets = Secrets.first()
        self.server = Server(Disk([beginning_record(BEGINNING), secrets_record(secrets)]))
        self.uplink = Uplink()
        # On the wire up, and told but not yet read.
        self.up: deque[Said] = deque()
        self.down: deque[Event] = deque()
        self.told = 0
        self.said: list[bytes | ClientMessage] = []
        self.chunks = 0
        self.applied: list[Event] = []

    # -- what goes well ----------------------------------------------------------------------

    @rule(count=st.integers(1, 8))
    def record(self, count: int) -> None:
        for _ in range(count):
            start = self.chunks * CHUNK_FRAMES
            pcm = SPEECH[2 * start : 2 * (start + CHUNK_FRAMES)]
            header = AudioHeader(AudioKind.MICROPHONE, AudioFlags.NONE, 0, self.chunks, start)
            self.uplink.add_chunk(self.chunks, pack_audio(header, pcm))
            self.said.append(pcm)
            self.chunks += 1

    @rule(message=st.sampled_from(MESSAGES))
    def say(self, message: ClientMessage) -> None:
        self.uplink.add_message(JSON.encode(message), is_text=True)
        self.said.append(message)

    @rule()
    def send(self) -> None:
        while (said := self.uplink.next()) is not None:
            self.up.append(said)

    @precondition(lambda self: self.up)
    @rule(count=st.integers(1, 40))
    def deliver(self, count: int) -> None:
        for _ in range(min(count, len(self.up))):
            self.server.receive(self.up.popleft())

    @rule()
    def sync(self) -> None:
        """Events are told once they are durable."""
        self.server.disk.sync()
        self.down += self.server.ledger.events[self.told :]
        self.told = len(self.server.ledger.events)

    @precondition(lambda self: self.down)
    @rule(count=st.integers(1, 10))
    def read(self, count: int) -> None:
        for _ in range(min(count, len(self.down))):
            event = self.down.popleft()
            assert event.event == len(self.applied) + 1
            self.applied.append(event)

    @rule()
    def acknowledge(self) -> None:
        self.uplink.acknowledge(self.server.durable_seq, self.server.ledger.durable_messages)

    # -- what goes wrong ---------------------------------------------------------------------

    @precondition(lambda self: any(said.is_chunk for said in self.up))
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        """A chunk comes again that was there: the rest of a former socket."""
        chunks = [said for said in self.up if said.is_chunk]
        again = data.draw(st.sampled_from(chunks))
        if again.number < self.server.chunks.next_seq:
            self.server.receive(again)

    @rule()
    def cut(self) -> None:
        """Lose what is on the wire, and come back."""
        self.up.clear()
        self.down.clear()
        self.uplink.rewind(self.server.chunks.next_seq, self.server.messages)
        self.told = len(self.applied)

    @rule()
    def kill(self) -> None:
        """Lose the process and all that was not durable, and come back."""
        records = list(self.server.disk.records)
        self.server = Server(Disk(records), read_history(records))
        self.cut()

    # -- the end -----------------------------------------------------------------------------

    def teardown(self) -> None:
        self.send()
        self.deliver(len(self.up))
        self.sync()
        self.read(len(self.down))
        offline = OfflineSession(Session(PLAN), AUDIO, lambda _: 0)
        assert self.applied == [m for m in offline.run(self.said) if isinstance(m, Event)]


Resuming.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
test_resuming = Resuming.TestCase
