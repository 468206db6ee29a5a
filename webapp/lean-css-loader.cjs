/** Takes comments and needless white space out of a style sheet: every user of the server downloads it. */
module.exports = (css) =>
    css
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/\s+/g, ' ')
        .replace(/ ?([{};]) ?/g, '$1')
        .replace(/([a-z-]): /g, '$1:')
        .replace(/;}/g, '}')
        .trim();
