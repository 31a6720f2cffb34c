using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Schema;

/// <summary>Names columns, keys and indexes the way SQL is written by hand: <c>ticket_id</c>, <c>pk_tickets</c>, <c>ix_tokens_hash</c>.</summary>
internal static class SnakeCase
{
    public static void Apply(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            var table = entity.GetTableName()!;
            foreach (var property in entity.GetProperties())
            {
                if (property.FindAnnotation("Relational:ColumnName") is null) property.SetColumnName(Of(property.Name));
            }

            foreach (var key in entity.GetKeys()) key.SetName($"pk_{table}");
            foreach (var index in entity.GetIndexes()) index.SetDatabaseName($"ix_{table}_{Columns(index.Properties.Select(property => property.Name))}");
            foreach (var key in entity.GetForeignKeys()) key.SetConstraintName($"fk_{table}_{Columns(key.Properties.Select(property => property.Name))}");
        }
    }

    private static string Columns(IEnumerable<string> properties) => string.Join('_', properties.Select(Of));

    /// <summary><c>TicketId</c> as <c>ticket_id</c>.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
