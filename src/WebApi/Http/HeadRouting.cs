namespace OgcProcesses.WebApi.Http;

/// <summary>Routes HEAD to whatever answers GET.</summary>
/// <remarks>
/// RFC 9110, 9.3.2. Only routing is told GET: what answers sees HEAD again, so that it need not read files, and the web
/// server, which goes by what was sent, leaves out the body.
/// </remarks>
internal static class HeadRouting
{
    private static readonly object IsHead = new();

    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (HttpMethods.IsHead(context.Request.Method))
            {
                context.Items[IsHead] = true;
                context.Request.Method = HttpMethods.Get;
            }

            return next(context);
        });
        app.UseRouting();
        app.Use((context, next) =>
        {
            if (context.Items.Remove(IsHead)) context.Request.Method = HttpMethods.Head;
            return next(context);
        });
    }
}
