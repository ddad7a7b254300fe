; How does a C64 play the demo tunes? A routine of its own, called once a frame.
;
; Symbols from outside: voices (3 or 6), and the data that compiling.py puts behind the code.
; Each voice reads a stream: $00-$5f note, $60 rest, $61 hold; $80-$bf length in beats, less one; $c0-$df instrument;
; $fc return, $fd lo hi call a pattern, $ff lo hi go on there. Every frame an instrument's table gives waveform and pitch.

zp_stream = $fb
zp_pitch = $fd
zp_wave = $02

        jmp init
        jmp play

init:   asl
        asl
        asl
        asl
        tay
        lda songs,y
        sta tempo
        lda songs+1,y
        sta filter_at
        lda songs+2,y
        sta resonance
        lda songs+3,y
        sta mode
        ldx #0
start:  lda songs+4,y
        sta stream_lo,x
        lda songs+5,y
        sta stream_hi,x
        lda #1
        sta wait,x
        lda #0
        sta gate,x
        sta instrument,x
        sta table_at,x
        sta note,x
        sta attack,x
        sta sustain,x
        sta pulse_lo,x
        sta pulse_hi,x
        iny
        iny
        inx
        cpx #voices
        bne start
        ldy #$18
        lda #0
clear:  sta $d400,y
        sta second_chip,y
        dey
        bpl clear
        lda #1
        sta countdown
        sta filter_wait
        lda #$40
        sta cutoff
        lda resonance
        sta $d417
        lda mode
        sta $d418
        sta second_chip+$18
        rts

play:   lda #0
        sta beat
        dec countdown
        bne frame
        lda tempo
        sta countdown
        inc beat
frame:  ldx #voices-1
voice:  lda beat
        beq steady
        dec wait,x
        bne steady
        jsr fetch
        jmp shaped
steady: lda countdown
        cmp #1
        bne shaped
        lda wait,x
        cmp #1
        bne shaped
        lda held,x          ; a frame before the next note the gate opens, unless the note is held on
        bne shaped
        lda #$fe
        sta gate,x
shaped: jsr sound
        dex
        bpl voice
        jmp sweep

; The next of a voice's stream, up to a note, a rest or a hold.
fetch:  lda stream_lo,x
        sta zp_stream
        lda stream_hi,x
        sta zp_stream+1
read:   ldy #0
        lda (zp_stream),y
        inc zp_stream
        bne known
        inc zp_stream+1
known:  cmp #$62
        bcs order
        cmp #$60
        bcc play_note
        beq rest
        jmp timed
order:  cmp #$c0
        bcc length
        cmp #$e0
        bcc choose
        cmp #$fc
        beq again
        pha
        lda (zp_stream),y
        sta zp_pitch
        iny
        lda (zp_stream),y
        sta zp_pitch+1
        pla
        cmp #$ff
        beq go
        clc                 ; $fd: keep the place behind the address
        lda zp_stream
        adc #2
        sta back_lo,x
        lda zp_stream+1
        adc #0
        sta back_hi,x
go:     lda zp_pitch
        sta zp_stream
        lda zp_pitch+1
        sta zp_stream+1
        jmp read
again:  lda back_lo,x
        sta zp_stream
        lda back_hi,x
        sta zp_stream+1
        jmp read
length: and #$3f
        clc
        adc #1
        sta duration,x
        jmp read
choose: and #$1f
        sta instrument,x
        jmp read
rest:   lda #$fe
        sta gate,x
        jmp timed
play_note:
        sta note,x
        lda #$ff
        sta gate,x
        ldy instrument,x
        lda instrument_attack,y
        sta attack,x
        lda instrument_sustain,y
        sta sustain,x
        lda instrument_table,y
        sta table_at,x
        lda instrument_step,y
        sta pulse_step,x
        lda #0
        sta trembling,x
        lda instrument_pulse,y
        beq timed           ; 0: the pulse goes on where it was
        sta pulse_hi,x
        lda #0
        sta pulse_lo,x
timed:  lda duration,x
        sta wait,x
        lda #0
        sta held,x
        ldy #0
        lda (zp_stream),y
        cmp #$61
        bne kept
        inc held,x
kept:   lda zp_stream
        sta stream_lo,x
        lda zp_stream+1
        sta stream_hi,x
        rts

; One frame of one voice.
sound:  ldy table_at,x
        lda table_wave,y
        cmp #$ff
        bne stepped
        lda table_note,y
        sta table_at,x
        tay
        lda table_wave,y
stepped:
        and gate,x
        sta zp_wave
        inc table_at,x
        lda table_note,y
        bmi fixed
        clc
        adc note,x
        jmp pitched
fixed:  and #$7f
pitched:
        tay
        lda pitch_lo,y
        sta zp_pitch
        lda pitch_hi,y
        sta zp_pitch+1
        ldy instrument,x
        lda instrument_tremble,y
        beq calm
        inc trembling,x
        lda trembling,x
        cmp #24
        bcc calm            ; half a second after the note begins
        and #7
        ora instrument_tremble,y
        tay
        clc
        lda zp_pitch
        adc tremble_lo,y
        sta zp_pitch
        lda zp_pitch+1
        adc tremble_hi,y
        sta zp_pitch+1
calm:   clc
        lda pulse_lo,x
        adc pulse_step,x
        sta pulse_lo,x
        lda pulse_hi,x
        adc #0
        and #$0f
        sta pulse_hi,x
        ldy chip_offset,x
        lda zp_pitch
        sta $d400,y
        lda zp_pitch+1
        sta $d401,y
        lda pulse_lo,x
        sta $d402,y
        lda pulse_hi,x
        sta $d403,y
        lda attack,x
        sta $d405,y
        lda sustain,x
        sta $d406,y
        lda zp_wave
        sta $d404,y
        rts

; The cutoff follows a list of (frames, change a frame); frames 0: on with the list at the place in `change`.
sweep:  dec filter_wait
        bne moving
        ldy filter_at
        iny
        lda filter_frames,y
        bne taken
        lda filter_change,y
        tay
        lda filter_frames,y
taken:  sty filter_at
        sta filter_wait
moving: ldy filter_at
        lda cutoff
        clc
        adc filter_change,y
        sta cutoff
        sta $d416
        rts

chip_offset: .byte 0, 7, 14, $20, $27, $2e
tempo:  .byte 0
countdown: .byte 0
beat:   .byte 0
filter_at: .byte 0
filter_wait: .byte 0
cutoff: .byte $40
resonance: .byte 0
mode:   .byte 0
stream_lo: .fill 6, 0
stream_hi: .fill 6, 0
back_lo: .fill 6, 0
back_hi: .fill 6, 0
wait:   .fill 6, 0
held:   .fill 6, 0
duration: .fill 6, 1
note:   .fill 6, 0
gate:   .fill 6, 0
instrument: .fill 6, 0
table_at: .fill 6, 0
attack: .fill 6, 0
sustain: .fill 6, 0
pulse_lo: .fill 6, 0
pulse_hi: .fill 6, 0
pulse_step: .fill 6, 0
trembling: .fill 6, 0
