/** Makes an element. Text goes in as text, never as HTML: what people wrote is not ours to run. */
export function make(tag, properties = {}, children = []) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
}
