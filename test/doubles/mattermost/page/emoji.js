/** The reactions we are likely to meet; any other is shown by its name. */
const KNOWN = {
    '+1': '👍',
    '-1': '👎',
    thumbsup: '👍',
    white_check_mark: '✅',
    heavy_check_mark: '✔️',
    ballot_box_with_check: '☑️',
    hourglass: '⌛',
    hourglass_flowing_sand: '⏳',
    x: '❌',
    warning: '⚠️',
    eyes: '👀',
    tada: '🎉',
    heart: '❤️',
    wave: '👋',
    smile: '😄',
    question: '❓',
    lock: '🔒',
    speech_balloon: '💬',
    arrows_counterclockwise: '🔄',
    no_entry: '⛔',
    outbox_tray: '📤',
    envelope: '✉️',
    rocket: '🚀',
    pencil2: '✏️',
};

export function emojiFor(name) {
    return KNOWN[name] ?? `:${name}:`;
}
