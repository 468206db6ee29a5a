/** What is searched for in the System Console is marked on its page, in the document itself: React knows nothing of it. */
const LATER_MS = 200;
let timer: ReturnType<typeof setTimeout> | undefined;

export function markFound(text: string): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
        for (const mark of document.querySelectorAll('main mark')) mark.replaceWith(...mark.childNodes);
        if (text) mark(text.toLowerCase());
    }, LATER_MS);
}

function mark(text: string): void {
    const walker = document.createTreeWalker(document.querySelector('main') as HTMLElement, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (walker.nextNode()) {
        const node = walker.currentNode as Text;
        if (node.data.toLowerCase().includes(text) && !node.parentElement?.matches('.ignore-marking *')) found.push(node);
    }
    for (const node of found) {
        const middle = node.splitText(node.data.toLowerCase().indexOf(text));
        middle.splitText(text.length);
        const box = document.createElement('mark');
        middle.replaceWith(box);
        box.append(middle);
    }
}
