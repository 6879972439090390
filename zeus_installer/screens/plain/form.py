"""A form as lines: every field is asked for, then what is wrong once more, then what to do."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from zeus_installer.screens.form import Field, Text
from zeus_installer.screens.plain.fields import EMPTY, Question, WrongAnswerError, question
from zeus_installer.screens.plain.page import Page

_NOTHING: Final[Mapping[str, Sequence[str]]] = {}


class Form(Page):
    """A screen that is filled in; one that only says something has no fields."""

    def visit(self) -> None:
        """Ask for everything, and do what the operator wants done."""
        self.say_head()
        self.settle()
        self.watch()
        self.say_notes()
        self.again()
        while True:
            label, call = self.choose(default=self.wizard.screen.can_go_back)
            self.do(call)
            self.watch()
            self.say_notes()
            if label == self.wizard.screen.forward:
                if self._complaints():
                    self._correct()
                elif len(self.fields()) == 1:
                    self._ask()

    def hear(self) -> None:
        """Say what the wizard has to say, but not that fields are marked: here they are asked for again."""
        if self.wizard.wrong:
            self.desk.said = ""
        super().hear()

    def again(self) -> None:
        """Ask for all fields, and once more for those that are wrong."""
        self._ask()
        self._correct()

    def _ask(self, wrong: Mapping[str, Sequence[str]] = _NOTHING, *, without: Collection[str] = ()) -> None:
        """Ask for every field, also for those that appear meanwhile; first say what is `wrong` with it."""
        done = set(without)
        while left := [field for field in self.fields() if field.name not in done]:
            done.add(left[0].name)
            for sentence in wrong.get(left[0].name, ()):
                self.console.say(f"{sentence}.")
            self._ask_for(left[0])

    def _ask_for(self, field: Field) -> None:
        number = [other.name for other in self.fields()].index(field.name) + 1
        asked = question(field, number, self.desk)
        if asked is None:
            self.console.say(f"{number}. {field.label.strip()}: there is none.")
            return
        for line in asked.lines:
            self.console.say(line)
        while text := self.talk.answer(asked.prompt, field=field, secret=asked.secret, watch=self.watch):
            try:
                self._put(field, asked, text)
                break
            except WrongAnswerError as error:
                self.console.say(str(error))
        if isinstance(field, Text):
            field.leave(self.wizard)
        self.settle()
        self.watch()
        self.say_notes()

    def _put(self, field: Field, asked: Question, text: str) -> None:
        if asked.secret:
            self.wizard.put_secret(field.name, "" if text == EMPTY else text)
        else:
            self.wizard.put(field.name, asked.take(text))

    def _complaints(self) -> dict[str, list[str]]:
        """Give what is wrong with the fields that are asked for."""
        from zeus_installer.screens.gather import complaints, gather

        found = complaints(self.wizard.screen, self.desk, gather(self.wizard.way, self.desk))
        return {field.name: found[field.name] for field in self.fields() if field.name in found}

    def _correct(self) -> None:
        """Say what is wrong, and ask for that again, as long as the answers change."""
        while wrong := self._complaints():
            before = (dict(self.desk.inputs), dict(self.desk.typed))
            fields = self.fields()
            secrets = [field.name for field in fields if isinstance(field, Text) and field.secret]
            of_secrets = [sentence for name in secrets for sentence in wrong.pop(name, ())]
            if of_secrets:  # of two passwords that differ, nobody knows which one is wrong
                wrong.update({name: [] for name in secrets} | {secrets[0]: of_secrets})
            self._ask(wrong, without={field.name for field in fields} - set(wrong))
            if before == (self.desk.inputs, self.desk.typed):
                return
