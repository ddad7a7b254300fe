"""Which SID files play what a test wants played? A player that reads its writes from a table, and a few that misbehave."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from tests.engine.tunes.made import build
from tests.playback.analysis.made_signals import Writes

# Each call reads one entry: how many pairs of register and value, then the pairs. $ff ends the table: nothing more is written.
_PLAYER: Final = """
init: lda #<table
      sta $fb
      lda #>table
      sta $fc
      rts
play: ldy #0
      lda ($fb),y
      cmp #$ff
      beq done
      sta $fd
      jsr step
next: lda $fd
      beq done
      dec $fd
      lda ($fb),y
      tax
      jsr step
      lda ($fb),y
      sta $d400,x
      jsr step
      jmp next
step: inc $fb
      bne done
      inc $fc
done: rts
table:
"""


def song(writes: Writes, *, frames: int) -> bytes:
    """A PSID that makes those writes (frame, register, value), frame by frame, for so many frames, and then no more."""
    table = defaultdict(list)
    for frame, reg, value in sorted(writes, key=lambda write: write[0]):
        table[int(frame)].append((reg, value))
    lines = []
    for frame in range(frames):
        cells = [len(table[frame]), *(cell for pair in table[frame] for cell in pair)]
        lines.append(f".byte {', '.join(map(str, cells))}")
    return build("\n".join([_PLAYER, *lines, ".byte $ff"]))


def jamming_song(*, after_calls: int) -> bytes:
    """A tone that counts, until the CPU jams in the call of that number."""
    return build(f"""
init: lda #$0f
      sta $d418
      lda #$f0
      sta $d406
      lda #$11
      sta $d404
      rts
play: inc $fb
      bne on
      inc $fc
on:   lda $fb
      ora #$08
      sta $d401
      lda $fc
      cmp #{after_calls >> 8}
      bne back
      lda $fb
      cmp #{after_calls & 255}
      bne back
      jam
back: rts
""")


def song_without_writes() -> bytes:
    """It counts, and leaves the SID alone."""
    return build("init: rts\nplay: inc $fb\nrts\n")


def digi_song() -> bytes:
    """Nothing but volumes, from a loop within each call: samples that rise and fall, 64 of them a frame."""
    return build("""
init: lda #0
      sta $d418
      rts
play: ldx #64
loop: lda $fb
      and #$0f
      sta $d418
      inc $fb
      ldy #40
wait: dey
      bne wait
      dex
      bne loop
      rts
""")
