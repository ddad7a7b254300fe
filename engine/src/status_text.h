// SPDX-License-Identifier: GPL-3.0-or-later
// How does the engine say what happened? A code word and a sentence for every sf_status.
#pragma once

namespace sidflow {

const char* status_code(int status);
const char* status_message(int status);

}  // namespace sidflow
