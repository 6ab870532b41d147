"""How a line was pronounced, as it is told and as it is kept."""

from __future__ import annotations

from typing import Any

import msgspec

from models.pronunciation.assessment import PronunciationScores
from rehearsal_server.protocol.fields import PronouncedPhone, PronouncedWord
from rehearsal_server.protocol.server_messages import Pronunciation


def pronunciation_event(line_id: str, take: int, scores: PronunciationScores) -> Pronunciation:
    """Tell of one take; its times are already on the microphone's clock."""
    return Pronunciation(
        line_id=line_id,
        take=take,
        accuracy=scores.accuracy,
        completeness=scores.completeness,
        fluency=scores.fluency,
        prosody=scores.prosody,
        overall=scores.overall,
        text_match=scores.text_match,
        words=tuple(
            PronouncedWord(
                text=word.text,
                accuracy=word.accuracy,
                judged=word.is_assessed,
                start_ms=word.start_ms,
                end_ms=word.end_ms,
                phones=tuple(
                    PronouncedPhone(
                        phone=phone.phone,
                        accuracy=phone.accuracy,
                        start_ms=phone.start_ms,
                        end_ms=phone.end_ms,
                    )
                    for phone in word.phones
                ),
            )
            for word in scores.words
        ),
        engine=scores.engine,
    )


def kept_pronunciation(scores: PronunciationScores | None) -> dict[str, Any]:
    """What a saved take keeps of it, beside its other scores."""
    return {} if scores is None else {"pronunciation": msgspec.to_builtins(scores)}
