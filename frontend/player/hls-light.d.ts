// SPDX-License-Identifier: GPL-3.0-or-later
// hls.js without subtitles, encryption and other sound tracks comes without a description of its own; it is a part of the whole.

declare module "hls.js/light" {
  export { default } from "hls.js";
}
