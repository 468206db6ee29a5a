/** Fills a form with a text box; Enter sends, Shift+Enter breaks the line. */
export function fillCompose(form, label, send) {
    const box = document.createElement('textarea');
    box.rows = 1;
    box.className = 'field growing';
    box.placeholder = label;
    box.setAttribute('aria-label', label);
    const button = document.createElement('button');
    button.textContent = 'Send';
    button.className = 'button primary large';
    const error = document.createElement('p');
    error.className = 'error';
    error.setAttribute('role', 'alert');
    error.hidden = true;
    form.replaceChildren(box, button, error);
    box.onkeydown = (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            form.requestSubmit();
        }
    };
    form.onsubmit = async (event) => {
        event.preventDefault();
        const text = box.value;
        if (text.trim() === '') {
            return;
        }
        button.disabled = true;
        try {
            await send(text);
            box.value = '';
            error.hidden = true;
        } catch (problem) {
            error.textContent = problem.message;
            error.hidden = false;
        } finally {
            button.disabled = false;
            box.focus();
        }
    };
}
