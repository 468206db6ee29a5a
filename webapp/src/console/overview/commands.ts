/** Commands that stand in the text of how to mend something, each with its options. Those without any, as `setup`, are short enough to type. */
export const commandsIn = (text: string): string[] => [
    ...new Set(
        (text.match(/(?:ireserve-bridge|mmctl|chmod) [^;]+?(?=$|\.(?:\s|$)|,\s|;|\s\()/g) ?? []).filter((command) =>
            / --|^chmod |^ireserve-bridge token create /.test(command),
        ),
    ),
];
