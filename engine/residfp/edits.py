# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of reSIDfp do we change, and why?

reSIDfp itself is not in this repository: `fetch.py` downloads it and applies this list. An edit names the few words that
it replaces; it must match exactly as often as it says, so another version of reSIDfp stops the build instead of being
changed in the wrong place.

What the edits are for:

* The oracle's sound. Our tests compare with the reSIDfp inside libsidplayfp 2.4.2 (Debian 12). The distribution's is a
  later one with another idea of a voice's zero level, of its DC drift, of leaking DACs and of loudness. The figures of
  2.4.2 are put in their place; the structure of the filter is the same in both. So are combined waveforms, which come
  from the engine's own waveforms.h: all our synths and what a program reads from the chip share those tables.
* Determinism. The later reSIDfp dithers with a process-wide noise table whose position depends on everything that ran
  before, and which several threads walk at once. 2.4.2 does not dither at all, and so do we not.
* First sound. reSIDfp builds 5.2 million table entries for each chip model, both models at once, on threads. Here the
  chosen model alone is made, and a row of a table when a register first asks for it: no threads, a tenth of the work.
* State. The chip can take over a state (for seeking and for changing synths), and a voice can be muted without a click.
* Speed. Per-cycle work whose result never changes is done once. The arithmetic is the same, so the samples are too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class EditError(Exception):
    """The source is not the one that the edits were written for."""


@dataclass(frozen=True)
class Edit:
    """Replace `old` (or everything from `old` to the next `end`, both included) by `new` in `file`, `times` times."""

    file: str
    old: str
    new: str
    end: str = ""
    times: int = 1

    def apply(self, text: str) -> str:
        """The edited text; raises EditError where the number of matches is not `times`."""
        found = text.count(self.old)
        if found != self.times:
            raise EditError(
                f"reSIDfp's {self.file} is not as expected: {self.old!r} occurs {found} times, not {self.times}"
            )
        if not self.end:
            return text.replace(self.old, self.new)
        start = text.index(self.old)
        stop = text.find(self.end, start)
        if stop < 0:
            raise EditError(f"reSIDfp's {self.file} is not as expected: no {self.end!r} after {self.old!r}")
        return text[:start] + self.new + text[stop + len(self.end) :]


CHIP_OF_WAVE = """\
    sidflow::ChipModel chip() const { return is6581 ? sidflow::ChipModel::mos6581 : sidflow::ChipModel::mos8580; }
"""

ROWS = """\
    unsigned short* volumeRow(unsigned int i)
    {
        return row(volume + (i << 16), volumeReady[i], [this, i](const OpAmp& model) { buildVolumeRow(model, i); });
    }
    unsigned short* resonanceRow(unsigned int i)
    {
        return row(resonance + (i << 16), resonanceReady[i],
                   [this, i](const OpAmp& model) { buildResonanceRow(model, i); });
    }
    unsigned short* summerRow(unsigned int i)
    {
        return row(summer + summerStart(i), summerReady[i], [this, i](const OpAmp& model) { buildSummerRow(model, i); });
    }
    unsigned short* mixerRow(unsigned int i)
    {
        return row(mixer + mixerStart(i), mixerReady[i], [this, i](const OpAmp& model) { buildMixerRow(model, i); });
    }
"""

ROW_STATE = """\
    // Which rows of the tables exist, and who may build the next one.
    std::atomic<bool> volumeReady[16] = {};
    std::atomic<bool> resonanceReady[16] = {};
    std::atomic<bool> summerReady[5] = {};
    std::atomic<bool> mixerReady[8] = {};
    std::mutex building;

    template <typename Build>
    unsigned short* row(unsigned short* start, std::atomic<bool>& ready, Build build)
    {
        if (!ready.load(std::memory_order_acquire))
        {
            std::lock_guard<std::mutex> lock(building);
            if (!ready.load(std::memory_order_relaxed))
            {
                build(*opamp);
                ready.store(true, std::memory_order_release);
            }
        }
        return start;
    }

    static unsigned int summerStart(unsigned int i) { return (2 * i + i * (i - 1) / 2) << 16; }
    static unsigned int mixerStart(unsigned int i) { return i == 0 ? 0 : 1 + ((i * (i - 1) / 2) << 16); }

protected:
    // What the rows are built from; the model's constructor sets them.
    std::unique_ptr<OpAmp> opamp;
    double mixerRatio = 0.;
    double volumeDivisor = 1.;
    double resonanceGain[16] = {};

    // What a voice's 20 bits are multiplied by, and where its zero is, in the filter's 16 bits.
    int voiceScale = 0;
    int voiceZero = 0;
    void setVoiceZero(double volts)
    {
        voiceScale = static_cast<int>(norm * ((1 << 11) - 1) * voice_voltage_range);
        voiceZero = static_cast<int>(N16 * (volts - vmin));
    }
"""


def rows_from(header: str, ratio: str, divisor: str, gains: str) -> str:
    """The model constructor's lines that stand in for its table builders."""
    return f"""\
    opamp = std::make_unique<OpAmp>(
        std::vector<Spline::Point>(std::begin(opamp_voltage), std::end(opamp_voltage)), Vddt, vmin, vmax);
    mixerRatio = {ratio};
    volumeDivisor = {divisor};
    for (int i = 0; i < 16; i++)
        resonanceGain[i] = {gains};
{header}"""


RESUME_WAVE = """\

    /// Stands at the given accumulator, noise register (noise_delay: cycles until its pending shift) and output;
    /// output_ttl and noise_ttl: cycles until an output let go, or the noise register under the test bit, fades.
    void resume(unsigned int phase, unsigned int noise, int noise_delay, bool pulse_high, unsigned int output,
        unsigned int output_ttl, unsigned int noise_ttl)
    {
        accumulator = phase;
        msb_rising = false;
        shift_register = noise;
        shift_latch = noise;
        shift_pipeline = noise_delay;
        test_or_reset = test;
        set_noise_output();
        pulse_output = pulse_high ? 0xfff : 0x000;
        waveform_output = osc3 = output;
        floating_output_ttl = output_ttl;
        shift_register_reset = noise_ttl;
    }
"""

RESUME_ENVELOPE = """\

    /// Everything that moves in an envelope generator. Phases: 0 attack, 1 decay and sustain, 2 release. position and
    /// match: the rate counter and its comparison value as steps from the counter's start. The delays are the three
    /// pipelines.
    struct Standing
    {
        unsigned char level, level_before;
        unsigned int phase, next_phase;
        unsigned int position, match;
        bool match_seen, counts;
        unsigned int exponential_counter, exponential_period, next_exponential_period;
        unsigned int phase_delay, step_delay, exponential_delay;
    };

    void resume(const Standing& at)
    {
        constexpr State states[] = { State::ATTACK, State::DECAY_SUSTAIN, State::RELEASE };
        envelope_counter = at.level;
        env3 = at.level_before;
        state = states[at.phase];
        next_state = states[at.next_phase];
        lfsr = counterAt(at.position);
        rate = counterAt(at.match);
        resetLfsr = at.match_seen;
        counter_enabled = at.counts;
        exponential_counter = at.exponential_counter;
        exponential_counter_period = at.exponential_period;
        new_exponential_counter_period = at.next_exponential_period;
        state_pipeline = at.phase_delay;
        envelope_pipeline = at.step_delay;
        exponential_pipeline = at.exponential_delay;
    }

    static unsigned int counterAt(unsigned int steps)
    {
        unsigned int counter = 0x7fff;
        for (; steps != 0; steps--)
            counter = (counter >> 1) | (((counter << 14) ^ (counter << 13)) & 0x4000);
        return counter;
    }
"""

MUTE = """\
    /// What is heard of the envelope and of the voice: all, or nothing where it is muted.
    unsigned int heard = 0xff;
    float gain = 1.f;

public:
    void setMuted(bool muted)
    {
        heard = muted ? 0 : 0xff;
        gain = muted ? 0.f : 1.f;
    }

    unsigned int level() const { return envelopeGenerator.output() & heard; }

    /**
     * Amplitude modulated waveform output."""

STATE_OF_SID = """\

    /// For taking over a state: the voices, the output filter, and the next hard sync worked out afresh.
    Voice& voiceAt(int i) { return voice[i]; }
    ExternalFilter& outputFilter() { return externalFilter; }
    void resync() { voiceSync(false); }
"""

WIDEST = """\
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("default", "sse4.1", "avx2")))
#endif
"""

CONFIG = "FilterModelConfig.h"
CONFIG_6581 = "FilterModelConfig6581.cpp"
CONFIG_8580 = "FilterModelConfig8580.cpp"

EDITS = (
    # No dither: numbers are rounded, and a voice is cut to 16 bits, as in 2.4.2.
    Edit(CONFIG, "#include <random>", "#include <atomic>\n#include <memory>\n#include <mutex>"),
    Edit(CONFIG, "    class Randomnoise", "", end="return buffer[index]; }\n    };"),
    Edit(CONFIG, "to_ushort_dither(N16 * (value - vmin), rnd.getNoise())", "to_ushort(N16 * (value - vmin))"),
    Edit(
        CONFIG,
        "static_cast<int>(getNormalizedValue(getVoiceVoltage(value, env)))",
        "((static_cast<int>(value) * voiceScale) >> 15) + voiceZero",
    ),
    Edit(
        CONFIG,
        "int getNormalizedVoice(float value, unsigned int env) const",
        "int getNormalizedVoice(float value) const",
    ),
    Edit(CONFIG, "    inline double getVoiceVoltage", "", end="getVoiceDC(env);\n    }\n"),
    Edit(
        "Filter.h",
        "fmc.getNormalizedVoice(v.output(), v.envelope()->output())",
        "fmc.getNormalizedVoice(v.output())",
    ),
    Edit(
        "Filter.h",
        "void input(short input) { Ve = fmc.getNormalizedVoice(input/32768.f, 0); }",
        "void input(short) { Ve = fmc.mixerRow(0)[0]; }",
    ),
    # A voice as in 2.4.2: 20 bits around a zero level, no leakage, no saturation, a fixed DC level.
    Edit(
        "SID.cpp",
        "        //const double offset = dacBuilder.getOutput(is6581 ? OFFSET_6581 : OFFSET_8580);\n",
        "",
    ),
    Edit("SID.cpp", "dacBuilder.getOutput(0x7ff, is6581)", "dacBuilder.getOutput(is6581 ? 0x380 : 0x9c0)"),
    Edit("SID.cpp", "dacBuilder.getOutput(i, is6581)", "dacBuilder.getOutput(i)"),
    Edit(
        "SID.cpp", "static_cast<float>(dacValue - offset)", "static_cast<float>((dacValue - offset) * 4096.)"
    ),
    Edit(
        "SID.cpp",
        "static_cast<float>(dacBuilder.getOutput(i))",
        "static_cast<float>(dacBuilder.getOutput(i) * 256.)",
    ),
    Edit("Dac.cpp", "dac[i] * leakage", "0."),
    Edit("SID.cpp", "scaleFactor = 3;", "scaleFactor = 2;"),
    Edit("SID.cpp", "scaleFactor = 5;", "scaleFactor = 2;"),
    Edit(CONFIG_8580, "        0.24, ", "        0.25, "),
    Edit("FilterModelConfig8580.h", "return Vref * VOLTAGE_SKEW;", "return 4.80;"),
    Edit("Filter6581.cpp", "static_cast<int>(0.93 * (1 << 12))", "1 << 12"),
    Edit("Integrator6581.cpp", "(kVgt - vx) - INT16_MIN", "(kVgt > vx ? kVgt - vx : 0) - INT16_MIN"),
    Edit("Integrator6581.cpp", "(kVgt - vi) - INT16_MIN", "(kVgt > vi ? kVgt - vi : 0) - INT16_MIN"),
    # Tables by the row.
    Edit(CONFIG, "    Randomnoise rnd;\n", ROW_STATE),
    Edit(CONFIG, "    unsigned short* getVolume() { return volume; }\n", ROWS, end="{ return mixer; }\n"),
    Edit(
        CONFIG,
        "void buildSummerTable(const OpAmp& opampModel)",
        "void buildSummerRow(const OpAmp& opampModel, int i)",
    ),
    Edit(CONFIG, "int idx = 0;\n        for (int i = 0; i < 5; i++)", "unsigned int idx = summerStart(i);"),
    Edit(
        CONFIG,
        "void buildMixerTable(const OpAmp& opampModel, double nRatio)",
        "void buildMixerRow(const OpAmp& opampModel, int i)",
    ),
    Edit(CONFIG, "int idx = 0;\n        for (int i = 0; i < 8; i++)", "unsigned int idx = mixerStart(i);"),
    Edit(CONFIG, "i * nRatio", "i * mixerRatio"),
    Edit(
        CONFIG,
        "void buildVolumeTable(const OpAmp& opampModel, double nDivisor)",
        "void buildVolumeRow(const OpAmp& opampModel, int n8)",
    ),
    Edit(CONFIG, "n8 / nDivisor", "n8 / volumeDivisor"),
    Edit(
        CONFIG,
        "void buildResonanceTable(const OpAmp& opampModel, const double resonance_n[16])",
        "void buildResonanceRow(const OpAmp& opampModel, int n8)",
    ),
    Edit(CONFIG, "resonance_n[n8]", "resonanceGain[n8]"),
    Edit(
        CONFIG,
        "int idx = 0;\n        for (int n8 = 0; n8 < 16; n8++)",
        "unsigned int idx = n8 << 16;",
        times=2,
    ),
    Edit("Filter.cpp", "volume + (vol * (1<<16))", "fmc.volumeRow(vol)"),
    Edit("Filter.cpp", "summer + summerIdx[Nsum]", "fmc.summerRow(Nsum)"),
    Edit("Filter.cpp", "mixer + mixerIdx[Nmix]", "fmc.mixerRow(Nmix)"),
    Edit("Filter.h", "resonance + (res * (1<<16))", "fmc.resonanceRow(res)"),
    Edit("Filter.h", "    unsigned short* mixer;\n", "", end="unsigned short* volume;\n"),
    Edit("Filter.cpp", "static constexpr int summerIdx[5]", "", end="mixer_offset<7>::value\n};"),
    Edit("Filter.cpp", "    mixer(fmc.getMixer()),\n", "", end="volume(fmc.getVolume()),\n"),
    Edit(CONFIG_6581, "#include <thread>\n", ""),
    Edit(CONFIG_8580, "#include <thread>\n", ""),
    Edit(
        CONFIG_6581,
        "    // Create lookup tables for gains / summers.",
        rows_from(
            "    setVoiceZero(5.075);\n    auto filterVcrVg = [this]", "8.0 / 6.0", "12.0", "(~i & 0xf) / 8.0"
        ),
        end="    auto filterVcrVg = [this]",
    ),
    Edit(
        CONFIG_6581,
        "#if defined(HAVE_CXX20) && defined(__cpp_lib_jthread)",
        "    filterVcrVg();\n    filterVcrIds();",
        end="thdVcrIds.join();\n#endif",
    ),
    Edit(
        CONFIG_8580,
        "    // Create lookup tables for gains / summers.",
        rows_from("    setVoiceZero(getVref());", "8.0 / 5.0", "16.0", "resGain[i]"),
        end="thdResonance.join();\n#endif",
    ),
    Edit(CONFIG, "    virtual double getVoiceDC(unsigned int env) const = 0;\n", ""),
    Edit(
        "FilterModelConfig8580.h",
        "    inline double getVoiceDC(unsigned int) const override { return getVref(); }\n",
        "",
    ),
    Edit(
        "FilterModelConfig6581.h",
        "    inline double getVoiceDC(unsigned int env) const override",
        "",
        end="return voiceDC[env];\n    }\n",
    ),
    Edit("FilterModelConfig6581.h", "    double voiceDC[256];\n", ""),
    Edit(CONFIG_6581, "        Dac envDac(8);", "", end="0.2143 * envI);\n        }"),
    # The chosen model's filter alone.
    Edit("SID.h", "    SID();", "    explicit SID(ChipModel model);"),
    Edit("SID.h", "Filter6581* const filter6581;", "Filter6581* filter6581 = nullptr;"),
    Edit("SID.h", "Filter8580* const filter8580;", "Filter8580* filter8580 = nullptr;"),
    Edit("SID.cpp", "SID::SID() :", "SID::SID(ChipModel model) :"),
    Edit("SID.cpp", "    filter6581(new Filter6581()),\n    filter8580(new Filter8580()),\n", ""),
    Edit("SID.cpp", "    setChipModel(MOS8580);", "    setChipModel(model);"),
    Edit(
        "SID.cpp",
        "        filter = filter6581;",
        "        if (filter6581 == nullptr) filter6581 = new Filter6581();\n        filter = filter6581;",
    ),
    Edit(
        "SID.cpp",
        "        filter = filter8580;",
        "        if (filter8580 == nullptr) filter8580 = new Filter8580();\n        filter = filter8580;",
    ),
    Edit("SID.cpp", "filter6581->reset();\n    filter8580->reset();", "filter->reset();"),
    Edit(
        "SID.cpp", "filter6581->enable(enable);\n    filter8580->enable(enable);", "filter->enable(enable);"
    ),
    Edit("SID.cpp", "filter6581->input(value);\n    filter8580->input(value);", "filter->input(value);"),
    *(
        Edit(
            "SID.cpp",
            f"filter6581->{write}(value);\n        filter8580->{write}(value);",
            f"filter->{write}(value);",
        )
        for write in ("writeFC_LO", "writeFC_HI", "writeRES_FILT", "writeMODE_VOL")
    ),
    Edit(
        "SID.cpp",
        "    filter6581->setFilterCurve",
        "    if (filter6581 != nullptr) filter6581->setFilterCurve",
    ),
    Edit(
        "SID.cpp",
        "    filter6581->setFilterRange",
        "    if (filter6581 != nullptr) filter6581->setFilterRange",
    ),
    Edit(
        "SID.cpp",
        "    filter8580->setFilterCurve",
        "    if (filter8580 != nullptr) filter8580->setFilterCurve",
    ),
    # The 8580's cutoff in as coarse steps as 2.4.2 computes with: up to half a percent at the lowest cutoffs.
    Edit(
        "Integrator8580.h",
        "n_dac = fmc.getNormalizedCurrentFactor<17>(wl);",
        "n_dac = static_cast<unsigned short>(fmc.getNormalizedCurrentFactor<13>(wl) << 4);",
    ),
    # Combined waveforms are the engine's.
    Edit("SID.cpp", '#include "WaveformCalculator.h"\n', ""),
    Edit(
        "SID.cpp",
        "    matrix_t* wavetables = WaveformCalculator",
        "",
        end="buildPulldownTable(model, cws);\n",
    ),
    Edit("SID.cpp", "        voice[i].wave()->setWaveformModels(wavetables);\n", ""),
    Edit("SID.cpp", "        voice[i].wave()->setPulldownModels(pulldowntables);\n", "", times=2),
    Edit(
        "SID.cpp",
        "    matrix_t* pulldowntables = WaveformCalculator",
        "",
        end="buildPulldownTable(model, cws);\n",
    ),
    Edit(
        "WaveformGenerator.h",
        "    matrix_t* model_wave = nullptr;\n    matrix_t* model_pulldown = nullptr;\n",
        "",
    ),
    Edit(
        "WaveformGenerator.h",
        "    short* wave = nullptr;\n    short* pulldown = nullptr;\n",
        "    const unsigned short* wave = nullptr;\n",
    ),
    Edit(
        "WaveformGenerator.h",
        "    void setWaveformModels(matrix_t* models);\n    void setPulldownModels(matrix_t* models);\n",
        CHIP_OF_WAVE,
    ),
    Edit(
        "WaveformGenerator.h",
        "        if (pulldown != nullptr)\n            waveform_output = pulldown[waveform_output];\n",
        "",
    ),
    Edit(
        "WaveformGenerator.h",
        "            if (pulldown != nullptr)\n                osc3 = pulldown[osc3];\n",
        "",
    ),
    Edit("WaveformGenerator.h", "shift_phase2(waveform, waveform);", "shift_phase2(0, 0);"),
    Edit(
        "WaveformGenerator.cpp",
        "void WaveformGenerator::setWaveformModels(matrix_t* models)",
        "",
        end="model_pulldown = models;\n}\n",
    ),
    Edit("WaveformGenerator.cpp", "inline bool do_writeback(", "", end="    return true;\n}\n"),
    Edit("WaveformGenerator.h", '#include "array.h"\n', '#include "waveforms.h"\n'),
    Edit(
        "WaveformGenerator.cpp",
        "do_writeback(waveform_old, waveform_new, is6581)",
        "sidflow::drains_noise_at_release(chip(), waveform_old, waveform_new)",
    ),
    Edit(
        "WaveformGenerator.cpp",
        "shift_latch = (shift_register & shift_mask) | get_noise_writeback(waveform_output);",
        "shift_latch = shift_register & (shift_mask | get_noise_writeback(waveform_output));",
    ),
    Edit("WaveformGenerator.cpp", "            noise_output = waveform_output;\n", ""),
    Edit(
        "WaveformGenerator.cpp",
        "    no_noise_or_noise_output = no_noise | noise_output;\n",
        "    no_noise_or_noise_output = no_noise | noise_output;\n    if ((waveform & 0xc) == 0xc)\n        no_noise_or_noise_output = sidflow::noise_under_pulse(chip(), noise_output);\n",
    ),
    Edit(
        "WaveformGenerator.cpp",
        "        wave = (*model_wave)[waveform & 0x3];",
        "        wave = sidflow::selected_wave(chip(), waveform & 7);\n",
        end="            pulldown = nullptr;\n            break;\n        }\n",
    ),
    Edit(
        "WaveformGenerator.cpp",
        "    wave = model_wave ? (*model_wave)[0] : nullptr;\n    pulldown = nullptr;\n",
        "    wave = sidflow::selected_wave(sidflow::ChipModel::mos6581, 0);\n",
    ),
    # Take over a state; mute a voice.
    Edit(
        "WaveformGenerator.h",
        "    bool readFollowingVoiceSync() const { return nextVoice->sync; }\n",
        "    bool readFollowingVoiceSync() const { return nextVoice->sync; }\n" + RESUME_WAVE,
    ),
    Edit(
        "EnvelopeGenerator.h",
        "    unsigned char readENV() const { return env3; }\n",
        "    unsigned char readENV() const { return env3; }\n" + RESUME_ENVELOPE,
    ),
    Edit(
        "SID.h",
        "    void enableFilter(bool enable);\n",
        "    void enableFilter(bool enable);\n" + STATE_OF_SID,
    ),
    Edit(
        "ExternalFilter.h",
        "    void reset();\n",
        "    void reset();\n\n    int lowPassed() const { return Vlp; }\n    void settleAt(int level) { Vhp = level; }\n",
    ),
    Edit("Voice.h", "public:\n    /**\n     * Amplitude modulated waveform output.", MUTE),
    Edit("Voice.h", "wavDAC[wav] * envDAC[env]", "wavDAC[wav] * envDAC[env] * gain"),
    Edit(
        "Voice.h", "unsigned int const env = envelopeGenerator.output();", "unsigned int const env = level();"
    ),
    # The same build with and without exceptions; none of these can happen to our caller.
    *(
        Edit("SID.cpp", f'throw SIDError("Unknown {what}");', "return;")
        for what in ("chip type", "combined waveforms type", "sampling method")
    ),
    # The resampler's sums are whole numbers, the same on any processor: the widest one at hand does them.
    Edit("resample/SincResampler.cpp", "int convolve(const int* a,", WIDEST + "int convolve(const int* a,"),
    # Done once instead of every cycle.
    Edit(
        "FilterModelConfig6581.h",
        "double vcr_n_Ids_term[1 << 16];",
        "unsigned short vcr_n_Ids_term[1 << 16];",
    ),
    Edit("FilterModelConfig6581.h", "to_ushort(vcr_n_Ids_term[i] * uCox)", "vcr_n_Ids_term[i]"),
    Edit(
        CONFIG_6581,
        "vcr_n_Ids_term[i] = n_Is * log_term * log_term;",
        "vcr_n_Ids_term[i] = to_ushort(n_Is * log_term * log_term * uCox);",
    ),
    Edit("Integrator6581.h", "    const double wlSnake;\n", "    const int snakeFactor;\n"),
    Edit(
        "Integrator6581.h",
        "wlSnake(fmc.getWL_snake()),",
        "snakeFactor(fmc.getNormalizedCurrentFactor<13>(fmc.getWL_snake())),",
    ),
    Edit("Integrator6581.cpp", "fmc.getNormalizedCurrentFactor<13>(wlSnake)", "snakeFactor"),
)


def edit_tree(folder: Path) -> None:
    """Applies all edits to the reSIDfp sources in `folder`; raises EditError where one does not fit."""
    for edit in EDITS:
        path = folder / edit.file
        path.write_text(edit.apply(path.read_text(encoding="utf-8")), encoding="utf-8")
