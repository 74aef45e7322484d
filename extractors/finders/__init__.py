"""Which finder reads the fields of which kind of mail."""

from extractors.interface import Kind

FINDERS: dict[Kind, str] = {
    Kind.CHECK: "extractors.finders.check:find",
    Kind.INVOICE: "extractors.finders.invoice:find",
    Kind.CREDIT_NOTE: "extractors.finders.invoice:find",
    Kind.RECEIPT: "extractors.finders.receipt:find",
    Kind.REMITTANCE: "extractors.finders.remittance:find",
    Kind.LETTER: "extractors.finders.letter:find",
    Kind.EMAIL: "extractors.finders.email:find",
    Kind.OTHER: "extractors.finders.letter:find",
}
"""Kind to `module:function`, a name that `config.plugins` resolves when the kind is met."""
