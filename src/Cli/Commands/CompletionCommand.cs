using System.CommandLine;

namespace OgcProcesses.Cli.Commands;

/// <summary>Gives the script by which a shell completes the commands and options of this program.</summary>
internal sealed class CompletionCommand : Command
{
    private readonly Argument<string> _shell = new("shell") { Description = "bash or zsh." };

    public CompletionCommand()
        : base("completion", "Give a script that completes words in a shell: source <(ogcp completion bash)")
    {
        Add(_shell.AcceptOnlyFromAmong("bash", "zsh"));
        SetAction(parsed =>
        {
            var isZsh = parsed.GetValue(_shell) == "zsh";
            if (isZsh) Console.Out.WriteLine("autoload -U +X bashcompinit && bashcompinit");
            // The program itself knows what may follow: '[suggest:POSITION]' is answered with a word a line.
            Console.Out.WriteLine(
                """
                _ogcp() {
                  local IFS=$'\n'
                  COMPREPLY=($(compgen -o default -W "$(ogcp "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
                }
                complete -o default -F _ogcp ogcp
                """);
        });
    }
}
