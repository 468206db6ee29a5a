/** Shows an interactive dialog and submits what is filled in. */
export function showDialog(element, request, submit) {
    const {url, dialog} = request;
    const form = document.createElement('form');
    const title = document.createElement('h2');
    title.textContent = dialog.title ?? '';
    form.append(title);
    if (dialog.introduction_text) {
        const intro = document.createElement('p');
        intro.textContent = dialog.introduction_text;
        form.append(intro);
    }
    const fields = (dialog.elements ?? []).map((entry) => ({entry, ...drawField(form, entry)}));
    const buttons = document.createElement('div');
    buttons.className = 'buttons';
    const cancel = document.createElement('button');
    cancel.type = 'button';
    cancel.className = 'button';
    cancel.textContent = 'Cancel';
    const ok = document.createElement('button');
    ok.className = 'button primary';
    ok.textContent = dialog.submit_label || 'Submit';
    buttons.append(cancel, ok);
    form.append(buttons);
    element.replaceChildren(form);
    element.showModal();

    const answer = (cancelled) => ({
        url,
        callback_id: dialog.callback_id ?? '',
        state: dialog.state ?? '',
        cancelled,
        submission: cancelled ? {} : Object.fromEntries(fields.map(({entry, read}) => [entry.name, read()])),
    });
    cancel.onclick = async () => {
        element.close();
        if (dialog.notify_on_cancel) {
            await submit(answer(true));
        }
    };
    form.onsubmit = async (event) => {
        event.preventDefault();
        const {errors = {}, error = ''} = (await submit(answer(false)).catch((problem) => ({error: problem.message}))) ?? {};
        for (const {entry, problem} of fields) {
            problem.textContent = errors[entry.name] ?? '';
        }
        if (error !== '' || Object.keys(errors).length > 0) {
            title.textContent = error === '' ? title.textContent : `${dialog.title}: ${error}`;
            return;
        }
        element.close();
    };
}

function drawField(form, entry) {
    const label = document.createElement('label');
    label.append(entry.display_name + (entry.optional ? ' (optional)' : ''));
    const input = document.createElement(entry.type === 'textarea' ? 'textarea' : entry.type === 'select' ? 'select' : 'input');
    input.className = entry.type === 'bool' ? '' : 'field';
    if (entry.type === 'bool') {
        input.type = 'checkbox';
        input.checked = entry.default === 'true';
    } else {
        input.value = entry.default ?? '';
    }
    for (const option of entry.options ?? []) {
        input.append(new Option(option.text, option.value));
    }
    const problem = document.createElement('p');
    problem.className = 'error';
    label.append(input, problem);
    form.append(label);
    return {problem, read: () => (entry.type === 'bool' ? input.checked : input.value)};
}
