// SPDX-License-Identifier: GPL-3.0-or-later
#include "waveforms.h"

namespace sidflow {

namespace {

constexpr int kLines = 12, kSteps = 4096;

// How the weight of a line falls with its distance.
enum class Fall : uint8_t { exponential, linear, quadratic };

// threshold: what a line must keep to count as 1; pulse: how strongly the pulse line drives; top: what is left of the
// sawtooth's top line; above, below: constants of the fall towards higher and lower neighbours; mix: the sawtooth's
// share where triangle and sawtooth are joined.
struct Fit {
  Fall fall;
  float threshold, pulse, top, above, below, mix;
};

// Per model: triangle+sawtooth, pulse+triangle, pulse+sawtooth, all three.
constexpr Fit kFits[2][4] = {{{Fall::exponential, 0.90522f, 0.f, 0.f, 1.97506f, 1.66937f, 0.63482f},
                              {Fall::exponential, 0.93088f, 2.4843f, 0.f, 1.0353f, 1.1484f, 0.f},
                              {Fall::linear, 0.912142f, 2.32076f, 1.106015f, 0.053906f, 0.25143f, 0.f},
                              {Fall::exponential, 0.901f, 1.0845f, 0.f, 1.056f, 1.1848f, 0.599f}},
                             {{Fall::exponential, 0.94344f, 0.f, 0.976f, 1.6347f, 2.51537f, 0.73115f},
                              {Fall::exponential, 0.93303f, 1.7025f, 0.f, 1.0868f, 1.43527f, 0.f},
                              {Fall::quadratic, 0.95831f, 1.95269f, 0.992986f, 0.0077384f, 0.18408f, 0.f},
                              {Fall::exponential, 0.94699f, 1.09668f, 0.99586f, 0.94167f, 2.0139f, 0.5633f}}};

float weight(Fall fall, float constant, int distance) {
  if (fall == Fall::linear) return 1.f / (1.f + static_cast<float>(distance) * constant);
  if (fall == Fall::quadratic) return 1.f / (1.f + static_cast<float>(distance * distance) * constant);
  double power = 1;
  for (int i = 0; i < distance; i++) power *= constant;
  return static_cast<float>(1 / power);
}

uint16_t triangle(unsigned step) { return static_cast<uint16_t>(((step & 0x800) != 0 ? ~step : step) << 1 & 0xffe); }

// What the chosen waveforms put on the lines before those pull each other.
void drive_lines(const Fit& fit, unsigned selection, unsigned step, float* lines) {
  const unsigned bits = (selection & 3) == 1 ? triangle(step) : step;
  for (int i = 0; i < kLines; i++) lines[i] = (bits >> i & 1) != 0 ? 1.f : 0.f;
  // Triangle and sawtooth together are two sawtooths, one line apart; the lowest line is grounded.
  if ((selection & 3) == 3) {
    lines[0] *= fit.mix;
    for (int i = 1; i < kLines; i++) lines[i] = lines[i - 1] * (1.f - fit.mix) + lines[i] * fit.mix;
  }
  if ((selection & 2) != 0) lines[kLines - 1] *= fit.top;
}

struct Combined {
  uint16_t outputs[kSteps];

  Combined(ChipModel model, unsigned selection) {
    const Fit& fit = kFits[model == ChipModel::mos8580][selection == 3 ? 0 : selection - 4];
    float weights[2 * kLines + 1];  // [kLines + line - neighbour]
    weights[kLines] = 1.f;
    for (int i = 1; i <= kLines; i++) {
      weights[kLines - i] = weight(fit.fall, fit.above, i);
      weights[kLines + i] = weight(fit.fall, fit.below, i);
    }
    for (unsigned step = 0; step < kSteps; step++) {
      float lines[kLines];
      drive_lines(fit, selection, step, lines);
      outputs[step] = 0;
      for (int line = 0; line < kLines; line++) {
        float sum = 0.f, total = 0.f;
        for (int other = 0; other < kLines; other++) {
          sum += lines[other] * weights[kLines + line - other];
          total += weights[kLines + line - other];
        }
        if (selection > 4) {
          sum += fit.pulse * weights[line];
          total += weights[line];
        }
        if ((lines[line] + sum / total) * 0.5f > fit.threshold) outputs[step] |= static_cast<uint16_t>(1u << line);
      }
    }
  }
};

template <ChipModel model>
const uint16_t* combined_wave(unsigned selection) {
  switch (selection) {
    case 3: {
      static const Combined table(model, 3);
      return table.outputs;
    }
    case 5: {
      static const Combined table(model, 5);
      return table.outputs;
    }
    case 6: {
      static const Combined table(model, 6);
      return table.outputs;
    }
    default: {
      static const Combined table(model, 7);
      return table.outputs;
    }
  }
}

// All ones, triangle, sawtooth.
struct Plain {
  uint16_t outputs[3][kSteps];

  Plain() {
    for (unsigned step = 0; step < kSteps; step++) {
      outputs[0][step] = 0xfff;
      outputs[1][step] = triangle(step);
      outputs[2][step] = static_cast<uint16_t>(step);
    }
  }
};

}  // namespace

const uint16_t* selected_wave(ChipModel model, unsigned selection) {
  static const Plain plain;
  if (selection < 3) return plain.outputs[selection];
  if (selection == 4) return plain.outputs[0];
  return model == ChipModel::mos6581 ? combined_wave<ChipModel::mos6581>(selection)
                                     : combined_wave<ChipModel::mos8580>(selection);
}

uint16_t noise_under_pulse(ChipModel model, uint16_t noise) {
  if (model == ChipModel::mos6581)
    return noise < 0xf00 ? 0 : static_cast<uint16_t>(noise & noise << 1 & noise << 2 & 0xfff);
  return noise < 0xfc0 ? static_cast<uint16_t>(noise & noise << 1 & 0xfff) : 0xfc0;
}

bool drains_noise_at_release(ChipModel model, unsigned selection_before, unsigned selection_after) {
  if (selection_before <= 8 || selection_after == 8) return false;
  const bool is_6581 = model == ChipModel::mos6581;
  const unsigned before = selection_before & 3, after = selection_after & 3;
  if (is_6581 && ((before == 1 && after == 2) || (before == 2 && after == 1))) return false;
  if (selection_before == 0xc) return !is_6581 && (selection_after == 0x9 || selection_after == 0xe);
  return true;
}

}  // namespace sidflow
