namespace OgcProcesses.WebApi.Html;

/// <summary>A document that is given as its author wrote it, such as one in CWL.</summary>
internal sealed record TextDocument(string Text);
